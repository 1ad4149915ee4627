/**
 * Which camera has which seat of a wall's connection. Pure.
 *
 * A seat that a camera left still gives its pictures for a moment: what is on its way, and what the browser holds
 * back. Nobody may take them for another camera's, so a seat is given anew only once it has been quiet.
 */

export const QUIET_MS = 700;

interface Taken {
  camera: string | null;
  /** Since when no picture has come to a seat that was left; null for one never used. */
  quietSinceMs: number | null;
  pictures: number;
}

const isFree = ({ camera, quietSinceMs }: Taken, nowMs: number): boolean =>
  camera === null && (quietSinceMs === null || nowMs - quietSinceMs >= QUIET_MS);

export class Seating {
  private readonly seats: Taken[];

  constructor(count: number) {
    this.seats = Array.from({ length: count }, () => ({ camera: null, quietSinceMs: null, pictures: 0 }));
  }

  /** Enough seats for a wall of `places`, and some to spare for cameras that replace others. */
  static enoughFor(places: number): number {
    return Math.min(64, Math.max(16, places) + 4);
  }

  get count(): number {
    return this.seats.length;
  }

  cameras(): string[] {
    return this.seats.flatMap(({ camera }) => camera ?? []);
  }

  seatOf(camera: string): number | null {
    const seat = this.seats.findIndex((taken) => taken.camera === camera);
    return seat < 0 ? null : seat;
  }

  /** How many seats could be given now. */
  free(nowMs: number): number {
    return this.seats.filter((taken) => isFree(taken, nowMs)).length;
  }

  /** Gives a camera a seat; null while each is taken or not quiet yet. */
  take(camera: string, nowMs: number): number | null {
    const known = this.seatOf(camera);
    if (known !== null) return known;
    const free = this.seats.findIndex((taken) => isFree(taken, nowMs));
    const seat = this.seats[free];
    if (seat === undefined) return null;
    seat.camera = camera;
    return free;
  }

  leave(camera: string, nowMs: number): number | null {
    const seat = this.seats.find((taken) => taken.camera === camera);
    if (seat === undefined) return null;
    seat.camera = null;
    seat.quietSinceMs = nowMs;
    return this.seats.indexOf(seat);
  }

  /** The pictures decoded at a seat so far: one that was left is not quiet while they grow. */
  counted(seat: number, pictures: number, nowMs: number): void {
    const taken = this.seats[seat];
    if (taken === undefined) return;
    if (taken.camera === null && taken.quietSinceMs !== null && pictures > taken.pictures) taken.quietSinceMs = nowMs;
    taken.pictures = pictures;
  }
}
