"""Chat templates in the manner of Llama 3's and Mistral's, for tests."""

LLAMA3 = """
{{- bos_token }}
{%- set system = messages[0].content if messages[0].role == 'system' else '' %}
{%- set rest = messages[1:] if system else messages %}
{{- '<|start_header_id|>system<|end_header_id|>\\n\\n' }}
{%- if tools %}{{- 'Environment: ipython\\n' }}{% endif %}
{{- system + '<|eot_id|>' }}
{%- for message in rest %}
{%- if message.role in ('tool', 'ipython') %}
{{- '<|start_header_id|>ipython<|end_header_id|>\\n\\n' }}
{%- if message.content is mapping or message.content is iterable %}
{{- message.content | tojson }}{% else %}{{- message.content }}{% endif %}
{{- '<|eot_id|>' }}
{%- elif message.tool_calls %}
{%- if message.tool_calls | length != 1 %}{{- raise_exception('one tool call at a time') }}{% endif %}
{%- set call = message.tool_calls[0].function %}
{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n{"name": "' + call.name + '", "parameters": ' }}
{{- call.arguments | tojson + '}<|eot_id|>' }}
{%- else %}
{{- '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' }}
{%- if tools and loop.first %}
{{- 'Respond with {"name": function, "parameters": arguments}.\\n\\n' }}
{%- for tool in tools %}{{- tool | tojson + '\\n\\n' }}{% endfor %}
{%- endif %}
{{- message.content | trim + '<|eot_id|>' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}
"""

_MISTRAL = """
{{- bos_token }}
{%- for message in messages %}
{%- if message.role == 'user' %}
{%- if tools and loop.first %}{{- '[AVAILABLE_TOOLS]' + tools | tojson + '[/AVAILABLE_TOOLS]' }}{% endif %}
{{- '[INST]' + message.content + '[/INST]' }}
{%- elif message.role == 'system' %}
{{- '[SYSTEM_PROMPT]' + message.content + '[/SYSTEM_PROMPT]' }}
{%- elif message.role == 'tool' %}
{%- if message.tool_call_id | length != 9 %}{{- raise_exception('ids have length 9') }}{% endif %}
RESULT
{%- else %}
{%- if message.reasoning_content %}{{- '[THINK]' + message.reasoning_content + '[/THINK]' }}{% endif %}
{{- message.content or '' }}
{%- for call in message.tool_calls or [] %}
{%- if call.id | length != 9 %}{{- raise_exception('ids have length 9') }}{% endif %}
CALL
{%- endfor %}
END
{{- eos_token }}
{%- endif %}
{%- endfor %}
"""

MISTRAL = (
    _MISTRAL.replace(
        "RESULT",
        """{{- '[TOOL_RESULTS]{"content": ' + message.content | tojson + ', "call_id": "' }}
{{- message.tool_call_id + '"}[/TOOL_RESULTS]' }}""",
    )
    .replace(
        "CALL\n",
        """{{- '[TOOL_CALLS][' if loop.first else ', ' }}
{{- (call.function | tojson)[:-1] + ', "id": "' + call.id + '"}' }}
""",
    )
    .replace("END", "{{- ']' if message.tool_calls }}")
)
"""A list of calls, as in version 7."""

MISTRAL_NAMED = (
    _MISTRAL.replace("RESULT", "{{- '[TOOL_RESULTS]' + message.content + '[/TOOL_RESULTS]' }}")
    .replace(
        "CALL\n",
        """{%- set arguments = call.function.arguments %}
{{- '[TOOL_CALLS]' + call.function.name + '[ARGS]' }}
{{- arguments if arguments is string else arguments | tojson }}
""",
    )
    .replace("END\n", "")
)
"""Names and arguments, as since version 11."""

SPECIAL = {
    "llama3": [
        "<|begin_of_text|>",
        "<|start_header_id|>",
        "<|end_header_id|>",
        "<|eot_id|>",
        "<|python_tag|>",
    ],
    "mistral": [
        *("[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_RESULTS]"),
        *("[/TOOL_RESULTS]", "[TOOL_CALLS]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[ARGS]"),
        *("[THINK]", "[/THINK]", "[CALL_ID]", "<s>"),
    ],
}
TEMPLATES = {"llama3": LLAMA3, "mistral": MISTRAL, "mistral named": MISTRAL_NAMED}
