export function ExportsView() { return <p>ExportsView</p>; }
