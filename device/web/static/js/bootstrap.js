// What the server wrote into the page: every word, and the catalogue of measures.
const data = JSON.parse(document.getElementById("bootstrap").textContent);

export const words = data.words;
export const measures = data.measures;

export const measureOf = (name) =>
  measures.all[name] ?? { label: name, unit: "", decimals: 1, trust: "C", per: "stride", low: "", high: "", noise: 0 };

/** Fill `{name}` in a text. */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export const byId = (id) => document.getElementById(id);

/** Change text only when it differs, so that nothing is announced or laid out for no reason. */
export const setText = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

/** Make an element with attributes and children; `on*` are listeners. */
export const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
};

/** Make SVG from markup that this program wrote itself; values in it are numbers or theme colours. */
export const drawSvg = (svg, markup) => {
  if (svg.lastMarkup === markup) return;
  svg.lastMarkup = markup;
  svg.innerHTML = markup;
};
