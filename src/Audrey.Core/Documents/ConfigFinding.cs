namespace Audrey.Core.Documents;

/// <summary>Something that is wrong with an instance config.</summary>
/// <param name="Path">Where it is, such as <c>services/0/parameters/2</c>. Empty for the config as a whole.</param>
/// <param name="Message">What is wrong, as a sentence. It never contains a value or a secret.</param>
public readonly record struct ConfigFinding(string Path, string Message);
