using System.Reflection;
using Audrey.Abstractions.Instances;
using Orleans;

namespace Audrey.Gateway.Tests.Support;

/// <summary>
/// Stands in for a grain, or for the factory of grains, in tests of what the gateway does around a call. The protocol itself is
/// tested against the real server.
/// </summary>
public class GrainDouble : DispatchProxy
{
    private Func<MethodInfo, object?[], object?>? _answer;

    /// <summary>A double of <typeparamref name="T"/> that answers its calls by this function.</summary>
    public static T Of<T>(Func<string, object?[], object?> answer)
        where T : class
    {
        var made = Create<T, GrainDouble>();
        ((GrainDouble)(object)made)._answer = (method, arguments) => answer(method.Name, arguments);
        return made;
    }

    /// <summary>A factory whose every grain is this one.</summary>
    public static IGrainFactory FactoryOf(IInstanceGrain grain) => Of<IGrainFactory>((_, _) => grain);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer!(targetMethod!, args ?? []);
}
