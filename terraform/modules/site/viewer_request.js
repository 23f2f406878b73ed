var ENTRY = "/${entry}";
var SINGLE_PAGE = ${single_page};
// What a variant's name ends with, by how it is packed, the smallest first.
var VARIANTS = ${variants};

function handler(event) {
  var request = event.request;
  var last = request.uri.substring(request.uri.lastIndexOf("/") + 1);
  if (request.uri === "/" || (SINGLE_PAGE && last.indexOf(".") === -1)) {
    request.uri = ENTRY;
  }
  if (/\.(css|html|js|json|mjs|svg|txt|wasm|xml)$/.test(request.uri)) {
    var accepted = request.headers["accept-encoding"];
    var variant = accepted && VARIANTS.find((variant) => accepts(accepted.value, variant.coding));
    if (variant) {
      request.uri += variant.ending;
    }
  }
  return request;
}

// https://www.rfc-editor.org/rfc/rfc9110#name-accept-encoding
function accepts(accepted, coding) {
  return accepted.split(",").some((item) => {
    var parts = item.toLowerCase().split(";");
    return parts[0].trim() === coding && !parts.slice(1).some((part) => /^\s*q\s*=\s*0(\.0*)?\s*$/.test(part));
  });
}
