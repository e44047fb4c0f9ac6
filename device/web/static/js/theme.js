// Classic script in the head, so that the first paint already has the chosen colours.
(() => {
  const key = "treadlight-theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: light)");
  let chosen = null;
  try {
    chosen = localStorage.getItem(key);
  } catch {
    // storage may be blocked; the choice then lasts as long as the page
  }
  const apply = () => {
    root.dataset.theme = chosen ?? (system.matches ? "light" : "dark");
    document.dispatchEvent(new Event("themechange"));
  };
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#theme")) return;
    chosen = root.dataset.theme === "dark" ? "light" : "dark";
    apply();
    try {
      localStorage.setItem(key, chosen);
    } catch {
      // as above
    }
  });
})();
