namespace Audrey.Core.Documents;

/// <summary>Something that is wrong with an instance.</summary>
/// <param name="Path">Where: the names of <see cref="InstanceConfig"/>'s parts, such as <c>services/0/parameters/2</c>; empty: the whole.</param>
/// <param name="Message">What is wrong, in a sentence. Never holds a value or a secret.</param>
public readonly record struct ConfigFinding(string Path, string Message);
