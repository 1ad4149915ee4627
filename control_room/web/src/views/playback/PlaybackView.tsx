export function PlaybackView({ cameraId }: { cameraId: string }) { return <p>{cameraId}</p>; }
