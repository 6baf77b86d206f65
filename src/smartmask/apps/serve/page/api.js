// The server's functions, one call each. Errors are problem documents (RFC 9457) and become `Problem`.

const ROOT = new URL("../", import.meta.url);

/** What the server refused, with the library's own words. */
export class Problem extends Error {
  constructor(status, document) {
    super(document.detail || document.title || `the server answered ${status}`);
    this.name = "Problem";
    this.status = status;
    this.isForgotten = /unknown-id/.test(document.type);
    this.isSuperseded = status === 409 && /superseded/.test(`${document.type} ${document.title}`);
  }
}

/** What stood behind # in the address: the server's token, which is taken out of it, and a photo. */
export function takeAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (given.has("token")) sessionStorage.setItem("token", given.get("token"));
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return { photo: given.get("photo") };
}

async function request(method, path, body, signal) {
  const token = sessionStorage.getItem("token");
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const isRaw = body instanceof Blob;
  if (body !== undefined && !isRaw) headers["Content-Type"] = "application/json";
  if (isRaw) headers["Content-Type"] = body.type || "application/octet-stream";
  const sent = body === undefined || isRaw ? body : JSON.stringify(body);
  let answer;
  try {
    answer = await fetch(new URL(path, ROOT), { method, headers, body: sent, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server does not answer. Is smartmask serve still running?");
  }
  if (answer.ok) return answer;
  const document = await answer.json().catch(() => ({}));
  throw new Problem(answer.status, document);
}

const json = async (...given) => (await request(...given)).json();

// The server keeps so much and no more. Ids are of contents, so what it has forgotten is made again the way it
// was first made, and is the same; undo can go back as far as it likes.
const made = new Map();

/** Note how what bears an id was made; the first way counts, so that ways never lead in circles. */
function note(id, again) {
  if (!made.has(id)) made.set(id, again);
}

/** Send; should something be forgotten, make again what the ids name, and send once more. */
async function remembering(ids, send) {
  try {
    return await send();
  } catch (error) {
    const ways = ids.map((id) => made.get(id)).filter(Boolean);
    if (!error.isForgotten || !ways.length) throw error;
    for (const again of ways) await again();
    return send();
  }
}

const post = (path, body, signal) =>
  remembering([body.photo_id, body.cutout_id, body.layout_id], () => json("POST", path, body, signal));

export async function demo() {
  const answer = await json("GET", "v1/photos/demo");
  note(answer.photo_id, demo);
  return answer;
}

export async function addPhoto(blob) {
  const answer = await json("POST", "v1/photos", blob);
  note(answer.photo_id, () => addPhoto(blob));
  return answer;
}

export async function layoutOf(body) {
  const answer = await post("v1/layouts", body);
  note(answer.layout_id, () => layoutOf(body));
  return answer;
}

export async function importLayout(blob) {
  const answer = await json("POST", "v1/layouts/import", blob);
  note(answer.layout_id, () => importLayout(blob));
  return answer;
}

export async function edit(id, edits) {
  const answer = await remembering([id], () => json("POST", `v1/layouts/${id}/edits`, { edits }));
  note(answer.layout_id, () => edit(id, edits));
  return answer;
}

export async function insert(body) {
  const answer = await post("v1/insert", body);
  for (const id of [answer.picture_id, answer.layout.layout_id]) note(id, () => insert(body));
  return answer;
}

export const suggest = (body, signal) => post("v1/suggest", body, signal);
export const variations = (body, signal) => post("v1/variations", body, signal);
export const turn = (body, signal) => post("v1/turn", body, signal);
export const between = (body, signal) => post("v1/between", body, signal);

/** A mask moved, scaled, turned or mirrored. */
export const transform = (body) => json("POST", "v1/transform", body);

/** A photo or picture as a bitmap. */
export async function picture(id) {
  const answer = await remembering([id], () => request("GET", `v1/photos/${id}`));
  return createImageBitmap(await answer.blob());
}

/** What adding a photo would answer, of one that is there already. */
export async function photoOf(id) {
  const { width, height } = await picture(id);
  return { photo_id: id, size: [width, height] };
}

/** A file to save: { blob, name }. */
export async function exported(body) {
  const answer = await remembering([body.photo_id, body.layout_id], () => request("POST", "v1/export", body));
  const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "");
  return { blob: await answer.blob(), name: named ? named[1] : body.format };
}

/** Plan a scene; gives its events, { event, data }, as they come. */
export async function* plan(body, signal) {
  const answer = await remembering([body.layout_id], () => request("POST", "v1/plan", body, signal));
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value.replaceAll("\r", "");
    const parts = text.split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const lines = part.split("\n");
      const given = (name) =>
        lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
      const data = given("data").join("\n");
      if (!data) continue;
      const event = { event: given("event")[0] || "message", data: JSON.parse(data) };
      if (event.data.layout) note(event.data.layout.layout_id, () => planAgain(body));
      yield event;
    }
  }
}

async function planAgain(body) {
  const events = plan(body);
  while (!(await events.next()).done);
}
