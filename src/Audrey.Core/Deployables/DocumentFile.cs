namespace Audrey.Core.Deployables;

/// <summary>A file to be read. Its content determines the kind of document. Its name does not.</summary>
/// <param name="Path">The path, as findings show it.</param>
/// <param name="Bytes">The content.</param>
public sealed record DocumentFile(string Path, ReadOnlyMemory<byte> Bytes);
