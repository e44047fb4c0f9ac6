// The login: a tap on a name leads straight to the PIN.
const secret = document.getElementById("secret");
const other = document.getElementById("other-name");
const field = document.getElementById("other");

for (const choice of document.querySelectorAll("input[name=name]")) {
  choice.addEventListener("change", () => {
    const somebody = choice.id === "somebody";
    other.classList.toggle("folded", !somebody);
    field.required = somebody;
    secret.inputMode = choice.dataset.secret === "pin" ? "numeric" : "text";
    (somebody ? field : secret).focus();
  });
}
