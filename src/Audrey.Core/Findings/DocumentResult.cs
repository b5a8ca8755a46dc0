using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Audrey.Core.Findings;

/// <summary>What is wrong at one place of a document. Never holds a value or a secret of the document.</summary>
/// <param name="Message">What is wrong and what would be right.</param>
/// <param name="Line">Line of the document, from 1.</param>
/// <param name="Column">Column in that line, from 1.</param>
public sealed record Finding(string Message, int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => $"line {Line}, column {Column}: {Message}";
}

/// <summary>What a document says, or everything that is wrong with it.</summary>
/// <typeparam name="T">What a valid document says.</typeparam>
public sealed class DocumentResult<T>
    where T : class
{
    internal DocumentResult(T value) => Value = value;

    internal DocumentResult(ImmutableArray<Finding> findings) => Findings = findings;

    /// <summary>What the document says; null when there are findings.</summary>
    public T? Value { get; }

    /// <summary>Everything that is wrong, in document order; empty when the document is valid.</summary>
    public ImmutableArray<Finding> Findings { get; } = [];

    /// <summary>Whether the document is valid.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsValid => Value is not null;
}
