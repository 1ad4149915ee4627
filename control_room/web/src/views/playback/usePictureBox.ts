import { useEffect, useState, type RefObject } from "react";

export interface PictureBox {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Where the picture lies in its video element, in CSS pixels: the element may be wider or higher than it. */
export function usePictureBox(video: RefObject<HTMLVideoElement | null>): PictureBox | null {
  const [box, setBox] = useState<PictureBox | null>(null);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    const measure = () => {
      const { clientWidth, clientHeight, videoWidth, videoHeight } = element;
      if (videoWidth === 0 || clientWidth === 0) return;
      const scale = Math.min(clientWidth / videoWidth, clientHeight / videoHeight);
      const [width, height] = [videoWidth * scale, videoHeight * scale];
      setBox({ left: (clientWidth - width) / 2, top: (clientHeight - height) / 2, width, height });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // The size of the pictures is known later, and may change with the camera's.
    element.addEventListener("resize", measure);
    element.addEventListener("loadedmetadata", measure);
    return () => {
      observer.disconnect();
      element.removeEventListener("resize", measure);
      element.removeEventListener("loadedmetadata", measure);
    };
  }, [video]);
  return box;
}
