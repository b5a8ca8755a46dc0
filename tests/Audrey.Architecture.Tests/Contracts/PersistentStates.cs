using System.Reflection;

namespace Audrey.Architecture.Tests.Contracts;

/// <summary>The persistent states of the grains.</summary>
internal static class PersistentStates
{
    public static IReadOnlyList<(Type Grain, string Name)> All { get; } =
    [
        .. from type in Repository.TypesOf("Audrey.Grains")
           from constructor in type.GetConstructors()
           from parameter in constructor.GetParameters()
           let state = parameter.GetCustomAttributes().OfType<Orleans.Runtime.IPersistentStateConfiguration>().SingleOrDefault()
           where state is not null
           select (type, state.StateName),
    ];
}
