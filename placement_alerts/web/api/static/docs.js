"use strict";
// The installed Swagger UI (4.15) shows documents of OpenAPI 3.0 alone. Ours differs from one only in how it says
// "or null", which it shows well enough; so it is told the older number, here and nowhere else.
(async () => {
  const place = document.getElementById("operations");
  const answer = await fetch(place.dataset.document);
  const spec = await answer.json();
  spec.openapi = "3.0.3";
  SwaggerUIBundle({
    spec,
    domNode: place,
    deepLinking: false,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis],
  });
  place.dataset.shown = "yes";
})();
