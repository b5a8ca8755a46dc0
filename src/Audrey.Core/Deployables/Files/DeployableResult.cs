using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Audrey.Core.Deployables.Files;

/// <summary>A file as it was given. What kind of document it is shows in its content, not in its name.</summary>
/// <param name="Path">How findings name it.</param>
/// <param name="Bytes">Its content.</param>
public sealed record DocumentFile(string Path, ReadOnlyMemory<byte> Bytes);

/// <summary>What is wrong, or probably wrong, at one place of a file. Never holds a value of a parameter.</summary>
/// <param name="File">The file's path as it was given.</param>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Column">Column in that line, from 1.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record FileFinding(string File, int Line, int Column, string Message)
{
    /// <summary><c>file:line:column: message</c>, a form that editors jump to.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Message}");
}

/// <summary>What the files say, or everything that is wrong with them.</summary>
public sealed class DeployableResult
{
    internal DeployableResult(DeployableDocument? document, ImmutableArray<FileFinding> findings, ImmutableArray<FileFinding> warnings)
    {
        Document = findings.IsEmpty ? document : null;
        Findings = findings;
        Warnings = warnings;
    }

    /// <summary>What the files say; null when there are findings.</summary>
    public DeployableDocument? Document { get; }

    /// <summary>
    /// Everything that is wrong, by file in the order in which they were given and there by place; of more than 100 the last only says
    /// how many more there are.
    /// </summary>
    public ImmutableArray<FileFinding> Findings { get; }

    /// <summary>What is legal and probably a mistake, in the same order and number.</summary>
    public ImmutableArray<FileFinding> Warnings { get; }

    /// <summary>Whether the files are a valid deployable.</summary>
    [MemberNotNullWhen(true, nameof(Document))]
    public bool IsValid => Document is not null;
}
