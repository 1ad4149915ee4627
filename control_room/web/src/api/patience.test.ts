import { describe, expect, it } from "vitest";
import { patiently } from "./patience";
import { Problem } from "./problem";

const slowly = (seconds: number) => new Problem(429, "", "", [], seconds);

function server(...answers: (Problem | string)[]) {
  let asked = 0;
  return () => {
    const answer = answers[asked++];
    return typeof answer === "string" ? Promise.resolve(answer) : Promise.reject(answer ?? new Error("asked too often"));
  };
}

describe("what is refused for coming too often", () => {
  it("is asked again after each wait until it is let in", async () => {
    const waits: number[] = [];
    const wait = (seconds: number) => Promise.resolve(waits.push(seconds) > 0);
    await expect(patiently(server(slowly(2), slowly(4), slowly(8), "in"), wait)).resolves.toBe("in");
    expect(waits).toEqual([2, 4, 8]);
  });

  it("is asked no more once somebody will not wait", async () => {
    const work = server(slowly(2), "in");
    await expect(patiently(work, () => Promise.resolve(false))).rejects.toMatchObject({ status: 429 });
  });

  it("stays refused where it is wrong", async () => {
    const wrong = new Problem(401, "");
    await expect(patiently(server(slowly(1), wrong), () => Promise.resolve(true))).rejects.toBe(wrong);
  });
});
