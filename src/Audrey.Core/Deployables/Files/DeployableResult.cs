using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Audrey.Core.Findings;

namespace Audrey.Core.Deployables.Files;

/// <summary>The deployable in the files, or all errors in them.</summary>
public sealed class DeployableResult
{
    internal DeployableResult(DeployableDocument? document, ImmutableArray<FileFinding> findings, ImmutableArray<FileFinding> warnings)
    {
        Document = findings.IsEmpty ? document : null;
        Findings = findings;
        Warnings = warnings;
    }

    /// <summary>The deployable. Null if there are findings.</summary>
    public DeployableDocument? Document { get; }

    /// <summary>
    /// All errors, in the order of the files and then by location. If there are more than 100 findings, the last finding states the number
    /// of further findings.
    /// </summary>
    public ImmutableArray<FileFinding> Findings { get; }

    /// <summary>
    /// Parts of the files that are legal but probably mistakes. Order and limit are the same as those of <see cref="Findings"/>.
    /// </summary>
    public ImmutableArray<FileFinding> Warnings { get; }

    /// <summary>Whether the files are a valid deployable.</summary>
    [MemberNotNullWhen(true, nameof(Document))]
    public bool IsValid => Document is not null;
}
