/**
 * A TCP proxy on the loopback that adds network delay: `bun distance.ts PORT TARGET RTT`. Prints a line once it listens, and
 * ends with its stdin. It is a separate process, since the measuring process blocks.
 *
 * Each direction takes half of the round trip, and a connection one round trip before its first byte, as the handshake
 * of TCP does.
 */
import { connect, createServer, type Socket } from "node:net";

const [port, target, roundTrip = 0] = process.argv.slice(2).map(Number);

const server = createServer({ noDelay: true }, (client) => {
  const opened = performance.now() + roundTrip;
  const aws = connect({ port: target ?? 0, host: "127.0.0.1", noDelay: true });
  delay(client, aws, (now) => Math.max(now, opened) + roundTrip / 2);
  delay(aws, client, (now) => now + roundTrip / 2);
});

function delay(from: Socket, to: Socket, arrival: (now: number) => number): void {
  const later = (action: () => void) => {
    const now = performance.now();
    const wait = arrival(now) - now;
    // A timer of 0 ms takes a millisecond.
    if (wait <= 0) action();
    else setTimeout(action, wait);
  };
  from.on("data", (bytes) => later(() => to.write(bytes)));
  from.on("end", () => later(() => to.end()));
  from.on("error", () => to.destroy());
}

server.listen(port ?? 0, "127.0.0.1", () => console.log("ready"));
process.stdin.on("end", () => process.exit(0)).resume();
