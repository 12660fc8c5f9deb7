// The peer of benchmarks/gateway.py: rooms and people by query, an event to a room or a person, as in its own guide.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const { Server } = createRequire(process.env.MODULES)("socket.io");
const http = createServer();
const io = new Server(http, { perMessageDeflate: false, transports: ["websocket"] });
io.on("connection", (socket) => {
  const { me, room } = socket.handshake.query;
  socket.join(me);
  if (room === "1") socket.join("room");
  socket.on("m", (message) => io.to(message.to).emit("m", message));
});
http.listen(Number(process.env.PORT), "127.0.0.1", 4096);
