// A button beside a password field that shows what was typed.

/** Makes the buttons of a form work. */
export function offerToShow(form) {
  const buttons = [...form.querySelectorAll(".reveal")];
  const fieldOf = (button) => document.getElementById(button.getAttribute("aria-controls"));
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const field = fieldOf(button);
      const isShown = field.type === "text";
      field.type = isShown ? "password" : "text";
      button.textContent = isShown ? button.dataset.show : button.dataset.hide;
    });
  }
  // A browser that offers to remember what was typed must never see the password in a plain text field.
  form.addEventListener("submit", () => buttons.forEach((button) => (fieldOf(button).type = "password")));
}
