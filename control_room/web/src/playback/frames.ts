/**
 * When each frame of a fragmented MP4 is shown (ISO/IEC 14496-12: mdhd, tfhd, tfdt, trun).
 * Exact times make it possible to step by one frame whatever the camera's rate.
 */

interface Box {
  type: string;
  start: number;
  end: number;
}

function* boxes(view: DataView, start: number, end: number): Generator<Box> {
  let at = start;
  while (at + 8 <= end) {
    let size = view.getUint32(at);
    let header = 8;
    const type = String.fromCharCode(
      view.getUint8(at + 4), view.getUint8(at + 5), view.getUint8(at + 6), view.getUint8(at + 7),
    );
    if (size === 1 && at + 16 <= end) {
      size = Number(view.getBigUint64(at + 8));
      header = 16;
    } else if (size === 0) {
      size = end - at;
    }
    if (size < header || at + size > end) return;
    yield { type, start: at + header, end: at + size };
    at += size;
  }
}

const CONTAINERS = new Set(["moov", "trak", "mdia", "moof", "traf"]);

function* flattened(view: DataView, start: number, end: number): Generator<Box> {
  for (const box of boxes(view, start, end)) {
    if (CONTAINERS.has(box.type)) yield* flattened(view, box.start, box.end);
    yield box;
  }
}

interface Run {
  nextTicks: number;
  defaultTicks: number;
}

/** Seconds on the media timeline, ascending. What cannot be read ends the list: never throws. */
export function frameTimes(data: ArrayBuffer): number[] {
  const view = new DataView(data);
  const run: Run = { nextTicks: 0, defaultTicks: 0 };
  let scale = 90_000;
  const times: number[] = [];
  try {
    for (const { type, start } of flattened(view, 0, data.byteLength)) {
      const version = view.getUint8(start);
      if (type === "mdhd") scale = view.getUint32(start + (version === 1 ? 20 : 12));
      else if (type === "tfhd") run.defaultTicks = defaultDuration(view, start);
      else if (type === "tfdt") {
        run.nextTicks = version === 1 ? Number(view.getBigUint64(start + 4)) : view.getUint32(start + 4);
      } else if (type === "trun") readRun(view, start, run, scale, times);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return times.sort((a, b) => a - b);
}

function defaultDuration(view: DataView, start: number): number {
  const flags = view.getUint32(start) & 0xffffff;
  if ((flags & 0x08) === 0) return 0;
  return view.getUint32(start + 8 + ((flags & 0x01) !== 0 ? 8 : 0) + ((flags & 0x02) !== 0 ? 4 : 0));
}

function readRun(view: DataView, start: number, run: Run, scale: number, times: number[]): void {
  const flags = view.getUint32(start) & 0xffffff;
  const count = view.getUint32(start + 4);
  let at = start + 8 + ((flags & 0x001) !== 0 ? 4 : 0) + ((flags & 0x004) !== 0 ? 4 : 0);
  for (let i = 0; i < count; i += 1) {
    let ticks = run.defaultTicks;
    if ((flags & 0x100) !== 0) {
      ticks = view.getUint32(at);
      at += 4;
    }
    if ((flags & 0x200) !== 0) at += 4;
    if ((flags & 0x400) !== 0) at += 4;
    let shift = 0;
    if ((flags & 0x800) !== 0) {
      shift = view.getInt32(at);
      at += 4;
    }
    times.push((run.nextTicks + shift) / scale);
    run.nextTicks += ticks;
  }
}

/** Keeps the times of what is buffered, so that the list stays small. */
export function mergedTimes(known: readonly number[], fresh: readonly number[], from: number, to: number): number[] {
  const kept = new Set<number>();
  for (const time of known) if (time >= from && time <= to) kept.add(time);
  for (const time of fresh) kept.add(time);
  return [...kept].sort((a, b) => a - b);
}

/** The frame shown before or after the one at `at`; null when none is known. */
export function steppedTime(times: readonly number[], at: number, direction: 1 | -1): number | null {
  const epsilon = 0.001;
  if (direction === 1) return times.find((time) => time > at + epsilon) ?? null;
  return times.findLast((time) => time < at - epsilon) ?? null;
}
