namespace Audrey.Core.Deployables;

/// <summary>A file to be read. The content of the file determines the kind of document. The name of the file does not.</summary>
/// <param name="Path">The path, as findings show it.</param>
/// <param name="Bytes">The content.</param>
public sealed record DocumentFile(string Path, ReadOnlyMemory<byte> Bytes);
