/** The few signs the page needs, drawn here so that no font has to have them. */
const PATHS = {
  play: "M5 3.5v9l8-4.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  backward: "M8 3.5v9L2 8zM14 3.5v9L8 8z",
  stepBack: "M11 3.5v9L5 8zM3 3.5h1.6v9H3z",
  stepForward: "M5 3.5v9L11 8zM11.4 3.5H13v9h-1.6z",
  full: "M2 2h5v1.6H3.6V7H2zM9 2h5v5h-1.6V3.6H9zM2 9h1.6v3.4H7V14H2zM12.4 9H14v5H9v-1.6h3.4z",
  close: "M3.6 2.5 8 6.9l4.4-4.4 1.1 1.1L9.1 8l4.4 4.4-1.1 1.1L8 9.1l-4.4 4.4-1.1-1.1L6.9 8 2.5 3.6z",
  eye: "M8 3c3.5 0 6 2.8 7 5-1 2.2-3.5 5-7 5s-6-2.8-7-5c1-2.2 3.5-5 7-5zm0 2.2A2.8 2.8 0 1 0 8 10.800 2.800 2.800 0 0 0 8 5.200z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 16 16" width={16} height={16} fill="currentColor" fillRule="evenodd" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
