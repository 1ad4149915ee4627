export function CommunesView() { return <p>CommunesView</p>; }
