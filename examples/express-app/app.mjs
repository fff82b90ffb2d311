// An Express app that keeps training sessions of athletes. Sideline guards each route.
import express from "express";
import { requirePermission } from "sideline/middleware/express";

/** Returns the app over a client of Sideline. */
export function createApp(client) {
  const app = express();
  const sessions = new Map();
  // An app puts its own sign-in here.
  const guard = { client, user: (req) => req.get("x-user") };
  const athlete = (req) => `athlete:${req.params.athlete}`;

  app.get("/athletes/:athlete/sessions", requirePermission("sessions_read", athlete, guard), (req, res) => {
    res.json(sessions.get(req.params.athlete) ?? []);
  });

  app.post("/athletes/:athlete/sessions", express.json(), requirePermission("sessions_write", athlete, guard),
    (req, res) => {
      const { athlete: id } = req.params;
      sessions.set(id, [...(sessions.get(id) ?? []), { on: req.body.on, coach: req.get("x-user") }]);
      res.status(201).json(sessions.get(id).at(-1));
    });

  app.delete("/athletes/:athlete/sessions", requirePermission("sessions_delete", athlete, guard), (req, res) => {
    sessions.delete(req.params.athlete);
    res.status(204).end();
  });

  return app;
}
