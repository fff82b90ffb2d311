// Starts the app on PORT, with the Sideline at SIDELINE_URL.
import { createClient } from "sideline/client";
import { createApp } from "./app.mjs";

const client = createClient({ url: process.env.SIDELINE_URL ?? "http://127.0.0.1:8090" });
const port = Number(process.env.PORT ?? 3000);
createApp(client).listen(port, "127.0.0.1", () => console.log(`listening on ${port}`));
