// Pages with fields for secrets: a button shows what was typed, and a slow form says that it is at work.

import { offerToShow } from "./reveal.mjs";

document.documentElement.classList.add("scripted");

const content = document.getElementById("content");
offerToShow(content);
content.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button) return;
  if (button.getAttribute("aria-busy") === "true") event.preventDefault();
  else button.setAttribute("aria-busy", "true");
});
// Back on this page by the browser's own button: nothing is at work any more.
addEventListener("pageshow", () => content.querySelectorAll("[aria-busy]").forEach((b) => b.removeAttribute("aria-busy")));
