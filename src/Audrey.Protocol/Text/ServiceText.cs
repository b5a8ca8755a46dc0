namespace Audrey.Protocol.Text;

/// <summary>A parameter of a service as a guest sees it.</summary>
/// <param name="Name">The name, without <c>|</c> and <c>&amp;</c>.</param>
/// <param name="Value">The value, which may be any bytes. Null while the value is not known.</param>
public sealed record ParameterText(string Name, ReadOnlyMemory<byte>? Value);

/// <summary>A service as a guest sees it.</summary>
/// <param name="Name">The name, without <c>|</c> and <c>&amp;</c>.</param>
/// <param name="Parameters">The parameters in this order: static values, references to parameters, references to services.</param>
public sealed record ServiceText(string Name, IReadOnlyList<ParameterText> Parameters);
