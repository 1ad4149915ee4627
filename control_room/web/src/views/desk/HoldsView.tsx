export function HoldsView() { return <p>HoldsView</p>; }
