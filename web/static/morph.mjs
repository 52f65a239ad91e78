// Makes one piece of the page equal to freshly rendered markup and touches only what differs, so that focus,
// scroll position, chosen tabs and opened details stay where the person left them.

const KEPT_BY_PERSON = new Set(["open", "checked", "value"]);
const SET_BY_US = new Set(["BUTTON", "PROGRESS"]);

/** Changes the children of `target` into those of `markup`, which comes from our own server. */
export function morph(target, markup) {
  const fresh = new DOMParser().parseFromString(`<body>${markup}</body>`, "text/html");
  morphChildren(target, fresh.body);
}

function morphChildren(target, fresh) {
  let current = target.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const match = findMatch(current, wanted);
    if (!match) {
      target.insertBefore(document.importNode(wanted, true), current);
      continue;
    }
    while (current !== match) current = removeAndNext(current);
    morphNode(match, wanted);
    current = match.nextSibling;
  }
  while (current) current = removeAndNext(current);
}

function findMatch(from, wanted) {
  for (let node = from; node; node = node.nextSibling) {
    if (isSame(node, wanted)) return node;
    // Only a named piece is worth looking for further on; anything else is simply rewritten.
    if (!wanted.id) return null;
  }
  return null;
}

function isSame(node, wanted) {
  return node.nodeType === wanted.nodeType && node.nodeName === wanted.nodeName && (node.id ?? "") === (wanted.id ?? "");
}

function removeAndNext(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function morphNode(node, wanted) {
  if (node.isEqualNode(wanted)) return;
  if (node.nodeType !== Node.ELEMENT_NODE) {
    node.nodeValue = wanted.nodeValue;
    return;
  }
  for (const { name } of [...node.attributes]) {
    if (!wanted.hasAttribute(name) && !isKept(node, name)) node.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (!isKept(node, name) && node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  morphChildren(node, wanted);
}

/** Whether this is what a person has typed, chosen or opened, or what makes the place where they are one for the keyboard. */
function isKept(node, name) {
  if (name === "tabindex") return node === document.activeElement;
  return KEPT_BY_PERSON.has(name) && node.type !== "hidden" && !SET_BY_US.has(node.nodeName);
}
