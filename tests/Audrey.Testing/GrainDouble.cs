using System.Reflection;

namespace Audrey.Testing;

/// <summary>Stands in for a grain, or for the factory of grains, in tests of what is done around a call. Grains themselves are tested in real clusters.</summary>
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

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer!(targetMethod!, args ?? []);
}
