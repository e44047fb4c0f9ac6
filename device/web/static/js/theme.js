// Classic script in the head, so that the first paint already has the chosen colours.
(() => {
  const key = "treadlight-theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: light)");
  const stored = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage may be blocked; the system's choice then holds
    }
  };
  const apply = () => {
    root.dataset.theme = stored() ?? (system.matches ? "light" : "dark");
    document.dispatchEvent(new Event("themechange"));
  };
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#theme")) return;
    const next = root.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(key, next);
    } catch {
      root.dataset.theme = next;
    }
    apply();
  });
})();
