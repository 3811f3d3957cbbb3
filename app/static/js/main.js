// Every page loads this; it improves what already works without it.
import htmx from "htmx.org";
import "./theme.js";
import "./keys.js";
import "./menu.js";
import "./dialog.js";
import "./form_size.js";
import "./facet.js";
import "./basket.js";
import "./tabs.js";
import "./json_editor.js";
import "./waiting.js";

window.htmx = htmx; // for page modules, which are bundles of their own
