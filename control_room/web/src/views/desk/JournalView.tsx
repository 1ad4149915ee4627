export function JournalView() { return <p>JournalView</p>; }
