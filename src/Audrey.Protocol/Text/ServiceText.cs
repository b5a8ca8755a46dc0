namespace Audrey.Protocol.Text;

/// <summary>A parameter of a service as a guest sees it.</summary>
/// <param name="Name">Its name: no <c>|</c> and no <c>&amp;</c>.</param>
/// <param name="Value">Its value, any bytes; null while it is not known.</param>
public sealed record ParameterText(string Name, ReadOnlyMemory<byte>? Value);

/// <summary>A service as a guest sees it.</summary>
/// <param name="Name">Its name: no <c>|</c> and no <c>&amp;</c>.</param>
/// <param name="Parameters">Its parameters in the order to write them: static values, references to parameters, references to services.</param>
public sealed record ServiceText(string Name, IReadOnlyList<ParameterText> Parameters);
