using System.Reflection;

namespace Audrey.Testing;

/// <summary>
/// A test double for a grain or a grain factory, for tests of code that calls grains. Grains themselves are tested in real clusters.
/// </summary>
public class GrainDouble : DispatchProxy
{
    private Func<MethodInfo, object?[], object?>? _answer;

    /// <summary>Creates a double of <typeparamref name="T"/>. The given function answers its calls.</summary>
    public static T Create<T>(Func<string, object?[], object?> answer)
        where T : class
    {
        var grain = Create<T, GrainDouble>();
        ((GrainDouble)(object)grain)._answer = (method, arguments) => answer(method.Name, arguments);
        return grain;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer!(targetMethod!, args ?? []);
}
