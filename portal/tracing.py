"""Traces by OpenTelemetry, when OTEL_EXPORTER_OTLP_ENDPOINT says where to; otherwise nothing is loaded."""

import os
from typing import Any

# By the older and the newer names of OpenTelemetry's conventions for HTTP.
PERSONAL = ("net.peer.ip", "client.address", "http.user_agent", "user_agent.original", "url.query")


def start() -> bool:
    """Trace requests and queries of this process from now on. Once per process, after a fork."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return False
    # Loaded only when wanted: the exporter costs a third of a second at every start.
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = os.environ.get("OTEL_SERVICE_NAME", "portal")
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument(request_hook=_leave_out_the_visitor)
    PsycopgInstrumentor().instrument()
    return True


def _leave_out_the_visitor(span: Any, request: Any) -> None:
    """As in the logs: no address, no browser, and of the URL only the path, for a query can hold names."""
    known = span.attributes or {} if span.is_recording() else {}
    for name in PERSONAL:
        if name in known:
            span.set_attribute(name, "")
    for name in ("http.url", "http.target"):
        if name in known:
            span.set_attribute(name, request.path)
