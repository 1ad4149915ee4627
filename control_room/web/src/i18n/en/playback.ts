import type { Messages } from "../fr";

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
  converted: (codec: string) => `Converted pictures: this browser does not play ${codec}. The recording stays as it is.`,
  unsupported: (codec: string) => `This browser cannot play the format of this recording (${codec}). The recording is whole: an export can be watched in a video player.`,
  storageAway: "The recording service does not answer; trying again by itself.",
  keys: {
    space: "Play or pause",
    step: "Previous picture, next picture",
    seek: "Back or forward 5 s, with Shift 1 min",
    speed: "Slower, faster",
    zoom: "Scale of the timeline",
    still: "Save the shown picture",
  },
} satisfies Messages["playback"];
