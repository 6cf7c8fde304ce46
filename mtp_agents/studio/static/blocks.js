// Forward passes as blocks: which part of a reply each belongs to, its colour, its size.

const SIZES = [12, 8, 4, 2, 1];
const MARKS = /<think>|\[THINK\]|<\/think>|\[\/THINK\]|<tool_call>|\[TOOL_CALLS\]|<\|python_tag\|>|<\/tool_call>/g;

/** Class of a block by its size, with the same steps as in the terminal. */
export const sizeClass = (tokens) => `size-${SIZES.find((least) => tokens >= least) ?? 1}`;

/**
 * Parts a reply's passes: {reasoning, answer, calls}, each a list of pieces {text, tokens, mark, last}.
 * A pass that goes across a border is in both parts; its size stands at its last piece.
 */
export function parts(item) {
  const found = { reasoning: [], answer: [], calls: [] };
  let part = "answer";
  for (const { text, tokens } of item.passes) {
    const pieces = [];
    const put = (words, mark) => words && pieces.push([part, { text: words, tokens, mark, last: false }]);
    let start = 0;
    for (const match of text.matchAll(MARKS)) {
      put(text.slice(start, match.index), false);
      start = match.index + match[0].length;
      const closes = match[0].includes("/");
      if (!closes) part = /think/i.test(match[0]) ? "reasoning" : "calls";
      put(match[0], true);
      if (closes) part = "answer";
    }
    put(text.slice(start), false);
    const seen = pieces.filter(([where, piece]) => piece.text.trim() || (found[where].length && where === part));
    if (seen.length) seen.at(-1)[1].last = true;
    for (const [where, piece] of seen) found[where].push(piece);
  }
  // Some formats write calls as bare JSON, without marks.
  if (item.calls.length && !found.calls.length && !item.content.trim()) {
    found.calls = found.answer;
    found.answer = [];
  }
  for (const name of Object.keys(found)) found[name] = tidy(found[name]);
  return found;
}

/** Without the white space around marks and at the ends; a piece that held nothing else gives its size away. */
function tidy(pieces) {
  const kept = [];
  pieces.forEach((piece, place) => {
    let { text } = piece;
    if (place === 0 || pieces[place - 1].mark) text = text.trimStart();
    if (place === pieces.length - 1 || pieces[place + 1].mark) text = text.trimEnd();
    if (text) kept.push({ ...piece, text });
    else if (piece.last && kept.length) kept.at(-1).last = true;
  });
  return kept;
}

/** Draws pieces into an element. */
export function drawBlocks(element, pieces) {
  const drawn = pieces.map((piece) => {
    const block = document.createElement("span");
    block.className = `block ${sizeClass(piece.tokens)}${piece.mark ? " mark" : ""}`;
    const words = piece.last ? piece.text.trimEnd() || piece.text : piece.text;
    block.append(words);
    if (piece.last) { // the size stands before the space, so that it does not begin a line
      const size = document.createElement("sub");
      size.append(String(piece.tokens));
      block.append(size, piece.text.slice(words.length));
      block.title = piece.tokens === 1 ? "1 token in this pass" : `${piece.tokens} tokens in this pass`;
    }
    return block;
  });
  element.replaceChildren(...drawn);
}

/** A bar of a reply's block sizes, each step as wide as the tokens that came in such blocks. */
export function sizeBar(sizes) {
  const tokens = new Map();
  for (const [size, count] of Object.entries(sizes ?? {})) {
    const name = sizeClass(Number(size));
    tokens.set(name, (tokens.get(name) ?? 0) + Number(size) * count);
  }
  if (!tokens.size) return null;
  const bar = document.createElement("span");
  bar.className = "bar";
  bar.setAttribute("role", "img");
  const words = Object.entries(sizes).map(([size, count]) => `${count}× ${size}`).join(", ");
  bar.setAttribute("aria-label", `Blocks, number × tokens: ${words}`);
  bar.title = `Blocks (number × tokens): ${words}`;
  for (const least of [...SIZES].reverse()) {
    const share = tokens.get(`size-${least}`);
    if (!share) continue;
    const step = document.createElement("i");
    step.className = `block size-${least}`;
    step.style.flexGrow = String(share);
    bar.append(step);
  }
  return bar;
}
