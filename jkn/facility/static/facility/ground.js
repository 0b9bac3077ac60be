/* Before Leaflet loads: it asks once whether the browser draws <svg/>, as text that becomes HTML.
   That text may pass on the map's page; any other is refused as everywhere. */
globalThis.trustedTypes?.createPolicy("default", {createHTML: text => text === "<svg/>" ? text : null});
