export function PeopleView() { return <p>PeopleView</p>; }
