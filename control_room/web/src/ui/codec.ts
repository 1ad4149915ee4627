/** What people call a codec, from either of its names on the wire: `h265`, or as in RFC 6381 `hvc1.1.6.L93.B0`. Pure. */

const NAMES: readonly [RegExp, string][] = [
  [/^(h264|avc[13])/i, "H.264"],
  [/^(h265|hvc1|hev1|hevc)/i, "H.265"],
  [/^(mjpe?g|jpeg|mp4v\.6c)/i, "Motion JPEG"],
  [/^(mpeg4|mp4v)/i, "MPEG-4"],
];

/** The name itself where nobody knows a better one. */
export const codecName = (codec: string): string => NAMES.find(([wire]) => wire.test(codec))?.[1] ?? codec;
