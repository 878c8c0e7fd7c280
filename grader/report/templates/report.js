// Buttons that copy examples. Without this script, or where the browser refuses it, none is shown.
for (const button of document.querySelectorAll("button.copy")) {
  const code = button.closest("section").querySelector("pre code");
  const said = button.previousElementSibling;
  button.hidden = false;
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(code); // so that it can be copied by hand where the browser refuses
    try {
      await navigator.clipboard.writeText(code.textContent + "\n");
      said.textContent = "Copied";
    } catch {
      said.textContent = "Selected: copy it with Ctrl+C";
    }
  });
}
