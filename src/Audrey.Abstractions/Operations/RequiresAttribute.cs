using Audrey.Core.Access;

namespace Audrey.Abstractions.Operations;

/// <summary>Declares which kind of operation a method is. The role of the caller must permit operations of this kind.</summary>
/// <param name="action">The kind of operation.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresAttribute(ConductorAction action) : Attribute
{
    /// <summary>Gets the kind of operation.</summary>
    public ConductorAction Action => action;
}
