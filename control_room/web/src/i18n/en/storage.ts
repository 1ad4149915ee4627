import type { Messages } from "../fr";

export const storage = {
  title: "Storage",
  explain: "What has reached the end of its retention is destroyed, unless it is held or in doubt.",
  destroying: "Destruction works as it should",
  destroyingExplain: "Every picture is destroyed at the end of its retention.",
  failing: "Destruction fails",
  refused: "Destruction is suspended",
  since: (time: string) => `Since ${time} at the latest`,
  unheard: "No word from storage",
  neverHeard: "It has said nothing since the control room started.",
  lastHeard: (time: string) => `It spoke last on ${time}.`,
  unheardDo: "See that the service runs and that the network joins it to the control room.",
  nothingLost: "Nothing is lost meanwhile: all that is recorded is kept.",
  law: "But pictures outlive their retention and the disk fills: end the cause without delay.",
  clockDo:
    "The clock of the storage machine is in doubt. If it is wrong, set it right. If it is right, confirm it here: your name and motive are written to the journal.",
  otherDo: "End the cause that the service gives below; destruction then goes on by itself.",
  reason: "Reason given by the service:",
  isRight: "The clock is right",
  clock: {
    explain: "Compare with a watch or the speaking clock, not with one of these machines.",
    browser: "This computer",
    controlRoom: "Control room",
    storage: "Storage",
    unknown: "unknown",
    inUtc: (text: string) => `that is ${text} UTC`,
    apart: "Storage does not have the time of this computer: a confirmation will be refused until one of the two clocks is set right.",
    consequence: "What is due at this time will be destroyed, for good.",
    motiveHint: "Written to the journal with your name: what you checked, and how.",
    done: "Clock confirmed: storage goes by it within a minute.",
  },
} satisfies Messages["storage"];
