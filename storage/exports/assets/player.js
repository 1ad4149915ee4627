
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const video = at("video");
  // Finer than pictures follow each other, so that a step never leaves one out.
  const STEP_S = 0.008;
  const LOOK_BACK_S = 0.001;
  const SEEK_MS = 1500;
  let film = data.films[0];
  let shown = 0; // the media time of the picture on the screen, in seconds
  let reversing = false;
  const MOST_WAITING = 3;
  let waiting = 0;
  let last = Promise.resolve();

  const utc = (seconds) => {
    const micro = BigInt(film.start_us) + BigInt(Math.round(seconds * 1e6));
    const whole = new Date(Number(micro / 1000n)).toISOString().slice(0, 19).replace("T", " ");
    return `${whole}.${String(micro % 1000000n).padStart(6, "0")}`;
  };
  const spanAt = (seconds) => film.spans.find(([start, end]) => seconds >= start - LOOK_BACK_S && seconds < end);
  const spanAfter = (seconds) => film.spans.find(([start]) => start > seconds);

  function show(seconds) {
    shown = seconds;
    at("utc").textContent = utc(seconds);
    at("place").value = String(seconds);
  }

  function watch() {
    video.requestVideoFrameCallback((_, frame) => {
      show(frame.mediaTime);
      watch();
    });
  }

  // Resolves once the picture of this instant is on the screen.
  function seek(seconds) {
    return new Promise((done) => {
      const late = setTimeout(done, SEEK_MS);
      video.addEventListener(
        "seeked",
        () => {
          // A picture that was there before is not told again: two frames of the screen are time enough.
          requestAnimationFrame(() => requestAnimationFrame(() => { clearTimeout(late); done(); }));
        },
        { once: true },
      );
      video.currentTime = Math.min(Math.max(seconds, 0), film.length_s);
    });
  }

  // One step after the other; of a key that is held down, no more are kept waiting than a hand may mean.
  function alone(work) {
    if (waiting >= MOST_WAITING) return last;
    waiting += 1;
    last = last.then(work).finally(() => { waiting -= 1; });
    return last;
  }

  async function stepForward() {
    video.pause();
    const from = shown;
    const span = spanAt(from);
    const end = span ? span[1] : from;
    for (let to = from + STEP_S; to < end; to += STEP_S) {
      await seek(to);
      if (shown > from) return told("");
    }
    const next = spanAfter(from);
    if (!next) return told("Fin du film.");
    await seek(next[0] + LOOK_BACK_S);
    told(`Lacune franchie : pas d'images de ${utc(end)} à ${utc(next[0])} UTC.`);
  }

  async function stepBack() {
    video.pause();
    const from = shown;
    const start = (spanAt(from) || film.spans[0])[0];
    for (let to = from - LOOK_BACK_S; to >= start; to -= STEP_S) {
      await seek(to);
      if (shown < from) return told("");
    }
    const before = film.spans.filter(([, end]) => end <= start).pop();
    if (!before) return told("Début du film.");
    // An instant of a gap is no picture's: browsers differ in what they show of it.
    await seek(before[1] - LOOK_BACK_S);
    told(`Lacune franchie : pas d'images de ${utc(before[1])} à ${utc(start)} UTC.`);
  }

  function told(text) {
    at("notice").textContent = text;
  }

  async function reverse() {
    reversing = !reversing;
    at("reverse").setAttribute("aria-pressed", String(reversing));
    while (reversing && shown > film.spans[0][0]) {
      const before = shown;
      await alone(stepBack);
      if (shown === before) break;
    }
    reversing = false;
    at("reverse").setAttribute("aria-pressed", "false");
  }

  function playOrPause() {
    reversing = false;
    if (video.paused) {
      video.playbackRate = Number(at("speed").value);
      void video.play();
    } else video.pause();
  }

  // During a gap a player would go on showing the last picture: nothing is shown, and the gap is left out.
  function mind() {
    const now = video.currentTime;
    const inside = spanAt(now);
    at("screen").classList.toggle("gap", !inside && !video.paused);
    if (inside || video.paused || video.seeking) return;
    const next = spanAfter(now);
    if (!next) return video.pause();
    told(`Lacune franchie : pas d'images jusqu'à ${utc(next[0])} UTC.`);
    video.currentTime = next[0] + LOOK_BACK_S;
  }

  function open(number) {
    film = data.films[number];
    reversing = false;
    told("");
    video.src = encodeURIComponent(film.name);
    at("place").max = String(film.length_s);
    at("about").textContent = `${film.camera} · ${film.place} · ${film.codec}`;
    at("spans").replaceChildren(
      ...film.spans.map(([start, end]) => {
        const item = document.createElement("li");
        item.textContent = `${utc(start)} – ${utc(end)}`;
        return item;
      }),
    );
  }

  at("export").textContent = data.export;
  data.films.forEach((one, number) => at("films").add(new Option(`${one.camera} : ${one.name}`, String(number))));
  at("films").onchange = () => open(Number(at("films").value));
  at("back").onclick = () => alone(stepBack);
  at("forward").onclick = () => alone(stepForward);
  at("reverse").onclick = reverse;
  at("play").onclick = playOrPause;
  at("speed").onchange = () => { video.playbackRate = Number(at("speed").value); };
  at("place").onchange = () => alone(() => seek(Number(at("place").value)));
  video.onplay = video.onpause = () => { at("play").textContent = video.paused ? "▶ Lecture" : "⏸ Pause"; };
  video.ontimeupdate = mind;
  video.onerror = () =>
    told(`Ce navigateur ne sait pas lire ${film.codec} : ouvrir ${film.name} avec un lecteur tel que VLC.`);
  document.onkeydown = (event) => {
    if (event.target instanceof HTMLSelectElement || event.target instanceof HTMLInputElement) return;
    const does = { ArrowLeft: () => alone(stepBack), ArrowRight: () => alone(stepForward), r: reverse, " ": playOrPause };
    const work = does[event.key];
    if (!work) return;
    event.preventDefault();
    void work();
  };
  watch();
  open(0);
})();
