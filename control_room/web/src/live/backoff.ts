/** Waits between attempts: doubled up to a limit, each drawn between half and whole, so that tiles part. */
export class Backoff {
  private attempts = 0;
  private readonly firstMs: number;
  private readonly limitMs: number;
  private readonly random: () => number;

  constructor(firstMs = 500, limitMs = 15_000, random: () => number = Math.random) {
    this.firstMs = firstMs;
    this.limitMs = limitMs;
    this.random = random;
  }

  nextMs(): number {
    const ceiling = Math.min(this.limitMs, this.firstMs * 2 ** Math.min(this.attempts, 30));
    this.attempts += 1;
    return Math.round(ceiling * (0.5 + this.random() / 2));
  }

  reset(): void {
    this.attempts = 0;
  }
}
