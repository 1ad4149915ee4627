import type { SyntheticEvent } from "react";

/** For `onSubmit`: sends once at a time. */
export const submitting = (send: { isPending: boolean; mutate: () => void }) => (event: SyntheticEvent) => {
  event.preventDefault();
  if (!send.isPending) send.mutate();
};
