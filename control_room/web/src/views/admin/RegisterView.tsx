export function RegisterView() { return <p>RegisterView</p>; }
