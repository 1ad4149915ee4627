import type { Messages } from "../fr";
import { gapCauses } from "./gaps";

const causes: Record<string, string> = { ...gapCauses, unreadable: "recording unreadable", unknown: "cause unknown" };

export const playback = {
  title: "Playback",
  pickCamera: "Choose a camera",
  open: "Open the recording",
  change: "Another range",
  explain: "Viewing is written to the journal with its motive.",
  range: "Range",
  last: { quarter: "15 min", hour: "1 h", sixHours: "6 h", day: "24 h" },
  lastLabel: "Last",
  follow: "Follow the recording in progress",
  stream: (codec: string) => `Format ${codec}`,
  timeline: "Timeline",
  timelineKeys: "Arrows: 5 s, with Shift 1 min. Plus and minus: zoom.",
  legend: { recorded: "recorded", gap: "gap", now: "in progress" },
  coverage: (percent: string, gaps: number, tiny: number) => {
    const counted = (count: number) => `${count} ${count === 1 ? "gap" : "gaps"}`;
    const least = tiny === 0 ? [] : [`${counted(tiny)} of less than a second`];
    const all = gaps === 0 ? least : [counted(gaps), ...least];
    return `${percent} recorded, ${all.length === 0 ? "no gap" : all.join(", ")}`;
  },
  gaps: {
    title: "Causes of the gaps",
    one: (from: string, length: string, cause: string) => `${from}, ${length}: ${cause}`,
    more: (count: number) => `and ${count} shorter ones`,
    cause: (code: string): string => causes[code] ?? causes["unknown"] ?? "",
  },
  nothing: "Nothing recorded in this range.",
  jumped: (from: string, to: string, length: string) => `Gap of ${length} skipped: from ${from} to ${to}`,
  loading: "Loading pictures…",
  waitingLive: "End of the recording reached, waiting for more…",
  ended: "End of the recording.",
  shown: "Shown picture",
  noFrame: "no picture shown",
  play: "Play",
  pause: "Pause",
  stepBack: "Previous picture",
  stepForward: "Next picture",
  speed: "Speed",
  still: "Save the picture",
  stillDone: (name: string) => `Picture saved: ${name}`,
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  zoomAll: "Whole range",
  recordingNow: "Recording in progress",
  notRecording: "Not recording now",
  failed: "Playback stopped.",
  incomplete: "These pictures are incomplete: the camera sends no key picture and renews its picture bit by bit.",
  convertedWhole: "Converted pictures: the camera sends no key picture, from which this browser could begin. The recording stays as it is.",
  converted: (codec: string) => `Converted pictures: this browser does not play ${codec}. The recording stays as it is.`,
  unsupported: (codec: string) => `This browser cannot play the format of this recording (${codec}). The recording is whole: an export can be watched in a video player.`,
  storageAway: "The recording service does not answer; trying again by itself.",
  backward: "Backward",
  strip: "Pictures of the range shown",
  loadingDays: "Reading the calendar…",
  marks: {
    title: "Marked range",
    from: "Start",
    to: "End",
    hint: "Mark a range: I and O, or Shift and the mouse on the timeline.",
    clear: "Clear",
    hold: "Hold this range",
    export: "Export this range",
  },
  fetch: {
    title: "At the commune’s recorder",
    toFetch: "to fetch",
    fetching: "on its way",
    left: (length: string) => `${length} to fetch from the commune’s recorder`,
    coming: (length: string) => `${length} on its way`,
    now: "Fetch this now",
    asked: "Asked for: this range goes before all the rest.",
  },
  sync: {
    add: "Add a camera…",
    remove: (name: string) => `Remove ${name}`,
    nothing: "nothing recorded at this instant",
    offset: (ms: number) => `offset ${ms > 0 ? "+" : ms < 0 ? "−" : "±"}${Math.abs(ms)} ms`,
    uncertain: (clock: string, wrongMs: number | null): string =>
      `${clock === "sender_report" || clock === "card" ? "the camera’s time" : "time of arrival"}, ${wrongMs === null ? "uncertainty unknown" : `± ${wrongMs} ms`}`,
    clock: (clock: string): string => {
      if (clock === "card") {
        return "From the camera’s own card: UTC by its clock, as far as that was known when it was fetched.";
      }
      return clock === "sender_report"
        ? "UTC told by the camera (RTCP), compared with when its pictures arrive."
        : "UTC of arrival at the centre: late by the delay of the network and the camera.";
    },
  },
  calendar: {
    title: "Calendar",
    before: "Month before",
    after: "Month after",
    nothing: "nothing recorded",
    zone: "Days in the centre’s time zone.",
    needsMotive: "The motive first: looking at the calendar is written to the journal.",
  },
  keys: {
    space: "Play or pause",
    step: "Previous picture, next picture",
    seek: "Back or forward 5 s, with Shift 1 min",
    speed: "Slower, faster",
    zoom: "Scale of the timeline",
    backward: "Backward or forward",
    marks: "Start and end of the marked range",
    still: "Save the shown picture",
    fetch: "Fetch what the commune has of the range shown",
  },
} satisfies Messages["playback"];
