// The peer of benchmarks/gateway.py: rooms and people by query, an event to a room or a person, as in its own guide.
// RECOVERS keeps sessions, so that who was cut gets what it missed; VALKEY is the address of the streams it is kept in.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const load = createRequire(process.env.MODULES);
const { Server } = load("socket.io");
const options = { perMessageDeflate: false, transports: ["websocket"] };
if (process.env.RECOVERS) options.connectionStateRecovery = {};
if (process.env.VALKEY) {
  const client = load("redis").createClient({ url: process.env.VALKEY });
  await client.connect();
  options.adapter = load("@socket.io/redis-streams-adapter").createAdapter(client);
}
const http = createServer();
const io = new Server(http, options);
io.on("connection", (socket) => {
  const { me, room } = socket.handshake.query;
  socket.join(me);
  if (room === "1") socket.join("room");
  socket.on("m", (message) => io.to(message.to).emit("m", message));
});
http.listen(Number(process.env.PORT), "127.0.0.1", 4096);
