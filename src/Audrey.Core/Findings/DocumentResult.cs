using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Orleans;

namespace Audrey.Core.Findings;

/// <summary>An error at one location in a document. The finding never contains a value or a secret of the document.</summary>
/// <param name="Message">A description of the error and its remedy.</param>
/// <param name="Line">The line in the document, from 1.</param>
/// <param name="Column">The column in that line, from 1.</param>
[GenerateSerializer, Immutable, Alias("audrey.Finding")]
public sealed record Finding([property: Id(0)] string Message, [property: Id(1)] int Line, [property: Id(2)] int Column)
{
    /// <inheritdoc/>
    public override string ToString() => $"line {Line}, column {Column}: {Message}";
}

/// <summary>The content of a document, or all errors in it.</summary>
/// <typeparam name="T">The type of the content.</typeparam>
public sealed class DocumentResult<T>
    where T : class
{
    internal DocumentResult(T value) => Value = value;

    internal DocumentResult(ImmutableArray<Finding> findings) => Findings = findings;

    /// <summary>The content of the document. Null if there are findings.</summary>
    public T? Value { get; }

    /// <summary>All errors, in document order. Empty if the document is valid.</summary>
    public ImmutableArray<Finding> Findings { get; } = [];

    /// <summary>Whether the document is valid.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsValid => Value is not null;
}
