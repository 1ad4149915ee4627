import { describe, expect, it } from "vitest";
import { correctionOf } from "./sync";

describe("how a camera is brought to the instant of another", () => {
  it("is left alone where nobody sees a difference", () => expect(correctionOf(-12, true)).toEqual({ kind: "none" }));
  it("runs a little faster or slower where little is amiss", () => {
    expect(correctionOf(100, true)).toEqual({ kind: "rate", factor: 1.1 });
    expect(correctionOf(-399, true)).toEqual({ kind: "rate", factor: 0.8 });
  });
  it("is sought where much is amiss, or nothing moves", () => {
    expect(correctionOf(401, true)).toEqual({ kind: "seek" });
    expect(correctionOf(20, false)).toEqual({ kind: "seek" });
  });
});
